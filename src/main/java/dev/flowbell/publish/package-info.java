/// Publishes metrics to CloudWatch and notifications to SNS, within AWS's limits.
@NullMarked
package dev.flowbell.publish;

import org.jspecify.annotations.NullMarked;
