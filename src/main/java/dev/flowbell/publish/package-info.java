/// Sends summaries to CloudWatch and alerts to SNS, within AWS's limits.
@NullMarked
package dev.flowbell.publish;

import org.jspecify.annotations.NullMarked;
