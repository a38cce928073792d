//! The protocols in a line each.

use seam_engine::eval::protocol::Protocol;

pub const PROTOCOLS: [Protocol; 5] = Protocol::ALL;

/// What is trained on and what is tested on, for people.
pub fn protocol_line(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Within => {
            "One dataset: its split train to learn from, another split of it to be scored"
        }
        Protocol::Cross => {
            "Two datasets: how a detector fares on clips unlike those it learned from"
        }
        Protocol::LeaveOneOut => {
            "Each technique in turn: trained without it, scored on it, as when a new technique comes up"
        }
        Protocol::OneTechnique => {
            "Each technique in turn: trained on it alone and scored on it, the easiest case"
        }
        Protocol::KnownAndUnknown => {
            "Both of them: how much is lost on a technique that was never seen"
        }
    }
}
