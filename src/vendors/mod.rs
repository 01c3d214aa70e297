//! One file a vendor, all of one shape.
