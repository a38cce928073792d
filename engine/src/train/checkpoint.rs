//! Checkpoints written beside and renamed, and the card that says how a model came to be.
