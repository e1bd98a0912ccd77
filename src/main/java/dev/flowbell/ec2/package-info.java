/// Asks EC2 which flow logs exist, where they deliver, and which format their lines have; and what
/// decides whether traffic passes: network interfaces, security groups, network ACLs.
@NullMarked
package dev.flowbell.ec2;

import org.jspecify.annotations.NullMarked;
