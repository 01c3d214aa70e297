//! What outlives a request: sessions, redeemed states, the audit trail, the sealing key.
