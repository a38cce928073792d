//! The verdict in words.
