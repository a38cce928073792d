//! Still pictures through `image`, upright and on gray.
