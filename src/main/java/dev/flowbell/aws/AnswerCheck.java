package dev.flowbell.aws;

import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataResponse;
import software.amazon.awssdk.services.sns.model.PublishResponse;

/// Believes a success only where the service itself said so. The SDK takes each answer of status
/// 200 for one, a proxy's page and an empty one included.
///
/// What is not believed is a failure after which the request may have been accepted.
final class AnswerCheck implements ExecutionInterceptor {
  @Override
  public void afterUnmarshalling(
      Context.AfterUnmarshalling context, ExecutionAttributes attributes) {
    SdkHttpResponse answer = context.httpResponse();
    if (!isSuccess(context.response(), answer)) {
      throw SdkClientException.create(
          "expected the service's success, got status %d with %s"
              .formatted(
                  answer.statusCode(),
                  answer.firstMatchingHeader("Content-Type").orElse("no content type")));
    }
  }

  private static boolean isSuccess(SdkResponse response, SdkHttpResponse answer) {
    return switch (response) {
      case PublishResponse published -> published.messageId() != null;
      case PutMetricDataResponse _ -> isCloudWatchs(answer);
      default -> true;
    };
  }

  /// Returns whether CloudWatch sent the answer, which has no members.
  ///
  /// @see <a href="https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html">Smithy RPC
  ///   v2 CBOR</a>: a response has the header `smithy-protocol`
  private static boolean isCloudWatchs(SdkHttpResponse answer) {
    return answer
            .firstMatchingHeader("smithy-protocol")
            .filter(protocol -> protocol.equals("rpc-v2-cbor"))
            .isPresent()
        || answer.firstMatchingHeader("x-amzn-RequestId").isPresent();
  }
}
