/// Lists and reads objects in Amazon S3, as streams.
@NullMarked
package dev.flowbell.s3;

import org.jspecify.annotations.NullMarked;
