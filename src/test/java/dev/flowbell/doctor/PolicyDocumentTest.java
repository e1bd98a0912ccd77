package dev.flowbell.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyDocumentTest {
  private static final Map<String, String> FACTS =
      Map.of("aws:sourceaccount", "123456789012", "aws:sourcearn", "arn:aws:logs:x:y:group:*");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          true  | {"Statement":[{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"lambda:InvokeFunction"}]}
          true  | {"Statement":{"Effect":"Allow","Principal":{"Service":["a","logs.amazonaws.com"]},"Action":["x","lambda:*"]}}
          true  | {"Statement":{"Effect":"Allow","Principal":"*","Action":"Lambda:invokefunction"}}
          true  | {"Id":{"a":["b"]},"Statement":[{"Effect":"Allow","Principal":{"AWS":"x"},"Action":"*"},{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"*"}]}
          false | {"Statement":[]}
          false | {}
          false | {"Statement":{"Effect":"Deny","Principal":"*","Action":"*"}}
          false | {"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}}
          false | {"Statement":{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"NotAction":"x"}}
          false | {"Statement":{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"lambda:Invoke"}}
          false | {"Statement":{"Effect":"Allow","Principal":{"Service":"logsXamazonaws.com"},"Action":"*"}}
          """)
  void allowsService_byPrincipalAndAction(boolean isAllowed, String policy) {
    assertThat(allowsService(policy)).isEqualTo(isAllowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          true  | "StringEquals":{"AWS:SourceAccount":"123456789012"}
          true  | "StringEquals":{"aws:SourceAccount":["1","123456789012"]}
          true  | "StringEquals":{"aws:SourceAccount":"123456789012"},"ArnLike":{"aws:SourceArn":"arn:aws:logs:x:?:*"}
          true  | "StringLike":{"aws:SourceAccount":"1234*"}
          true  | "StringEquals":{"aws:SourceOrgID":"o-1"}
          true  | "Bool":{"aws:SourceAccount":"false"}
          false | "StringEquals":{"aws:SourceAccount":"1234*"}
          false | "StringEquals":{"aws:SourceAccount":"1"}
          false | "StringEquals":{"aws:SourceAccount":"123456789012"},"ArnEquals":{"aws:SourceArn":"arn:aws:logs:x:y:other:*"}
          """)
  void allowsService_byCondition(boolean isAllowed, String condition) {
    assertThat(
            allowsService(
                """
                {"Statement":{"Condition":{%s},"Effect":"Allow","Principal":"*","Action":"*"}}\
                """
                    .formatted(condition)))
        .isEqualTo(isAllowed);
  }

  @ParameterizedTest
  @CsvSource({
    "true, logs:PutLogEvents, arn:aws:logs:x:y:log-group:a:log-stream:b",
    "false, logs:PutLogEvents, arn:aws:logs:x:y:log-group:b:log-stream:b",
    "true, logs:PutLogEvents,",
    "false, logs:CreateLogStream,",
    "true, iam:Get, anything",
  })
  void allows_byResource(boolean isAllowed, String action, String resource) {
    PolicyDocument policy =
        PolicyDocument.parse(
            """
            {"Statement":[
              {"Effect":"Allow","Action":"logs:Put*","Resource":"arn:aws:logs:*:*:log-group:a:*"},
              {"Effect":"Allow","Action":"iam:Get","Resource":["a","*"]}]}\
            """);

    assertThat(policy.allows(action, resource)).isEqualTo(isAllowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "no JSON"})
  void parse_notAPolicy(String text) {
    assertThatThrownBy(() -> PolicyDocument.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("policy: ");
  }

  @Test
  void parse_empty() {
    assertThat(PolicyDocument.parse("{}").statements()).isEmpty();
  }

  private static boolean allowsService(String policy) {
    return PolicyDocument.parse(policy)
        .allowsService("logs.amazonaws.com", "lambda:InvokeFunction", FACTS);
  }
}
