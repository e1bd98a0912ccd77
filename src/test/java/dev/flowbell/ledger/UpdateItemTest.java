package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ledger.UpdateItem.Condition;
import java.util.List;
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
                "SET #n3 = if_not_exists(#n3, :v1), #n4 = :v2 REMOVE #n1, #n2 ADD #n0 :v0",
                "ConditionExpression",
                "attribute_not_exists(#n5) OR #n1 <= :v3 OR #n2 = :v4",
                "ExpressionAttributeNames",
                Map.of(
                    "#n0", "closed",
                    "#n1", "leaseEnd",
                    "#n2", "runner",
                    "#n3", "arrival",
                    "#n4", "doubts",
                    "#n5", "id"),
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
        new UpdateItem("told#1")
            .delete("held", Map.of("SS", "made up"))
            .onlyIf(
                new Condition.Exists("id"),
                new Condition.Any(
                    List.of(new Condition.Absent("tries"), new Condition.Smaller("tries", 600))),
                new Condition.Less("last", DynamoDbJson.number(21)),
                new Condition.Greater("first", DynamoDbJson.number(22)))
            .toRequest("flowbell");

    assertThat(request)
        .containsEntry("UpdateExpression", "DELETE #n0 :v0")
        .containsEntry(
            "ConditionExpression",
            "attribute_exists(#n1) AND (attribute_not_exists(#n2) OR size(#n2) < :v1)"
                + " AND #n3 < :v2 AND #n4 > :v3");
  }

  @Test
  void toRequest_withoutValues() {
    assertThat(new UpdateItem("told#1").remove("owner").toRequest("flowbell"))
        .isEqualTo(
            Map.of(
                "TableName",
                "flowbell",
                "Key",
                Map.of("id", Map.of("S", "told#1")),
                "UpdateExpression",
                "REMOVE #n0",
                "ExpressionAttributeNames",
                Map.of("#n0", "owner")));
  }
}
