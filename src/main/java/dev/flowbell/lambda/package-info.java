/// The Lambda function: takes events from CloudWatch Logs, and prepares for SnapStart.
@NullMarked
package dev.flowbell.lambda;

import org.jspecify.annotations.NullMarked;
