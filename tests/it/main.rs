//! Black-box tests: the real binary, a certified provider, a lying one, stand-in vendors and a
//! real browser. Modules follow what people do; names cite the rule that a test holds.

mod harness;
