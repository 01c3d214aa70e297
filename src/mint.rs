//! The one mint path: a real launch, `explain`, `mint`, the preview and the tests of a
//! configuration all come through here, and only the last step differs.
