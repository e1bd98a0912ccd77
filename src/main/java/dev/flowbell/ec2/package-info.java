/// Asks EC2 for flow logs: which exist, where they deliver, and the format of their lines.
@NullMarked
package dev.flowbell.ec2;

import org.jspecify.annotations.NullMarked;
