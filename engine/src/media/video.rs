//! Video and animations through libavformat and libavcodec.
