//! DADD, deepfake detection by artifact discrepancies (METHODS 5; paper 004).
