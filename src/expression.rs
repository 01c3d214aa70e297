//! `{{ expressions }}`: the only place that knows minijinja.
