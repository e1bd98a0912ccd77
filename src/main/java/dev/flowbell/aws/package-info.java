/// Makes the clients of AWS services, signs single calls, and tells which requests AWS refused.
@NullMarked
package dev.flowbell.aws;

import org.jspecify.annotations.NullMarked;
