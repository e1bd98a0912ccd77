/// Makes the AWS SDK's clients, signs single calls, and reads what AWS refuses.
@NullMarked
package dev.flowbell.aws;

import org.jspecify.annotations.NullMarked;
