//! Pictures to tensors `[batch, channels, height, width]`, and maps back.
