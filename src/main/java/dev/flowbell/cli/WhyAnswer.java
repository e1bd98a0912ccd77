package dev.flowbell.cli;

import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Rejection;

/// What blocks one of the flows that `flowbell why` read.
///
/// @param records how many records show the flow, at least 1
record WhyAnswer(Rejection rejection, long records, Blocker blocker) {}
