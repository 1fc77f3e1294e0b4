//! The Credicorp partner API offline.
