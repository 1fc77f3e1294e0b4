//! Raw endpoints and types of the Credicorp partner API.
