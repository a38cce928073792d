//! Xception (METHODS 6.1).
