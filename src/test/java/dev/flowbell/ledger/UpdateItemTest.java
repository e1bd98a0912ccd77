package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ledger.UpdateItem.Condition;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpdateItemTest {
  @Test
  void toRequest_allClauses() {
    UpdateItem update =
        new UpdateItem("batch#1")
            .add("closed", Map.of("SS", "made up"))
            .remove("leaseEnd")
            .remove("runner")
            .setIfAbsent("arrival", DynamoDbJson.number(11))
            .set("doubts", DynamoDbJson.number(12))
            .onlyIfAny(
                new Condition.Absent("id"),
                new Condition.AtMost("leaseEnd", DynamoDbJson.number(13)),
                new Condition.Equal("runner", DynamoDbJson.string("r")));

    assertThat(update.toRequest("flowbell"))
        .isEqualTo(
            Map.of(
                "TableName",
                "flowbell",
                "Key",
                Map.of("id", Map.of("S", "batch#1")),
                "UpdateExpression",
                "SET arrival = if_not_exists(arrival, :v1), doubts = :v2 REMOVE leaseEnd, runner"
                    + " ADD closed :v0",
                "ConditionExpression",
                "attribute_not_exists(id) OR leaseEnd <= :v3 OR runner = :v4",
                "ExpressionAttributeValues",
                Map.of(
                    ":v0", Map.of("SS", "made up"),
                    ":v1", Map.of("N", "11"),
                    ":v2", Map.of("N", "12"),
                    ":v3", Map.of("N", "13"),
                    ":v4", Map.of("S", "r"))));
  }

  @Test
  void toRequest_severalConditions() {
    Map<String, Object> request =
        new UpdateItem("cooldown#1")
            .add("keptBack", DynamoDbJson.number(1))
            .onlyIf(
                new Condition.Exists("id"), new Condition.Equal("told", DynamoDbJson.number(21)))
            .toRequest("flowbell");

    assertThat(request)
        .containsEntry("UpdateExpression", "ADD keptBack :v0")
        .containsEntry("ConditionExpression", "attribute_exists(id) AND told = :v1");
  }
}
