package dev.flowbell.testing.doubles;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The context that Lambda passes to a function; it keeps the log lines.
public final class RecordingContext implements Context {
  private final List<String> lines = new ArrayList<>();
  private volatile Duration remaining = Duration.ofMinutes(1);

  /// Returns the log lines.
  public List<String> lines() {
    return lines;
  }

  /// Sets the remaining time; the default is a minute.
  public void setRemaining(Duration remaining) {
    this.remaining = remaining;
  }

  @Override
  public LambdaLogger getLogger() {
    return new LambdaLogger() {
      @Override
      public void log(String message) {
        lines.add(message);
      }

      @Override
      public void log(byte[] message) {
        lines.add(new String(message, StandardCharsets.UTF_8));
      }
    };
  }

  @Override
  public String getAwsRequestId() {
    return "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/flowbell";
  }

  @Override
  public String getLogStreamName() {
    return "2026/11/22/[1]0123456789abcdef";
  }

  @Override
  public String getFunctionName() {
    return "flowbell";
  }

  @Override
  public String getFunctionVersion() {
    return "1";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live";
  }

  @Override
  public @Nullable CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public @Nullable ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return (int) remaining.toMillis();
  }

  @Override
  public int getMemoryLimitInMB() {
    return 256;
  }
}
