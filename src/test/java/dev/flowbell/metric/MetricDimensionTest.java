package dev.flowbell.metric;

import static dev.flowbell.metric.MetricDimension.INTERFACE_ID;
import static dev.flowbell.metric.MetricDimension.LOG_GROUP;
import static dev.flowbell.metric.MetricDimension.REJECT_REASON;
import static dev.flowbell.metric.MetricDimension.VPC_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.record.FlowField;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricDimensionTest {
  @ParameterizedTest
  @CsvSource({
    "VpcId, VPC_ID",
    "SubnetId, SUBNET_ID",
    "InterfaceId, INTERFACE_ID",
    "AccountId, ACCOUNT_ID",
    "Region, REGION",
    "AzId, AZ_ID",
    "FlowDirection, FLOW_DIRECTION",
    "RejectReason, REJECT_REASON",
    "LogGroup,"
  })
  void parseSets_everyName(String name, FlowField field) {
    List<List<MetricDimension>> sets = MetricDimension.parseSets(name);

    assertThat(sets).hasSize(1);
    assertThat(sets.getFirst()).hasSize(1);
    assertThat(sets.getFirst().getFirst().awsName()).isEqualTo(name);
    assertThat(sets.getFirst().getFirst().field()).isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void parseSets_none(String text) {
    assertThat(MetricDimension.parseSets(text)).isEmpty();
  }

  @Test
  void parseSets_severalAndCombinations() {
    assertThat(MetricDimension.parseSets(" VpcId , InterfaceId + RejectReason,LogGroup+VpcId"))
        .isEqualTo(
            List.of(
                List.of(VPC_ID), List.of(INTERFACE_ID, REJECT_REASON), List.of(LOG_GROUP, VPC_ID)));
  }

  @ParameterizedTest
  @CsvSource({
    "vpcid, vpcid",
    "VPC_ID, VPC_ID",
    "vpc-id, vpc-id",
    "'VpcId,', ''",
    "',VpcId', ''",
    "'VpcId,,AzId', ''",
    "VpcId+, ''",
    "VpcId Region, VpcId Region",
    "'VpcId;Region', VpcId;Region"
  })
  void parseSets_unknownName(String text, String name) {
    assertThatThrownBy(() -> MetricDimension.parseSets(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected dimensions out of VpcId, SubnetId, InterfaceId, AccountId, Region, AzId,"
                + " FlowDirection, RejectReason, LogGroup, got \"%s\"",
            name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"VpcId,AzId,VpcId", "VpcId+AzId,AzId+VpcId", "AzId+VpcId,AzId,VpcId+AzId"})
  void parseSets_sameSeriesTwice(String text) {
    assertThatThrownBy(() -> MetricDimension.parseSets(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected each series once, whatever the order of its dimensions, got \"%s\"", text);
  }

  @Test
  void parseSets_sameDimensionTwice() {
    assertThatThrownBy(() -> MetricDimension.parseSets("AzId,VpcId+AzId+VpcId"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected each dimension once, got \"VpcId+AzId+VpcId\"");
  }
}
