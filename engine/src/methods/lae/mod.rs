//! LAE, the locality-aware autoencoder (METHODS 3; paper 002).

pub mod selection;
