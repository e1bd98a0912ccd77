package dev.flowbell.notify;

import dev.flowbell.ec2.AclDecision;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Decision;
import dev.flowbell.ec2.GroupDecision;
import dev.flowbell.ec2.Match;
import dev.flowbell.ec2.NetworkInterface;
import dev.flowbell.ec2.Verdict;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What blocks a flow, as JSON. It has every key; what is not known is `null`.
public final class BlockerJson {
  private BlockerJson() {}

  /// Writes it.
  public static void write(Blocker blocker, JsonGenerator json) {
    Decision decision = blocker.decision();
    json.writeStartObject();
    json.writeStringProperty("kind", blocker.kind().key());
    json.writeStringProperty("text", String.join(" ", BlockerWords.sentences(blocker)));
    AlertJson.writeText(
        "direction", decision == null ? null : decision.flow().direction().key(), json);
    AlertJson.writeText(
        "remoteAddress", decision == null ? null : decision.flow().remote().toString(), json);
    writeAcl(blocker.kind(), decision, json);
    writeGroups(blocker.kind(), decision, json);
    writeParty("networkInterface", blocker.own(), json);
    writeParty("remoteInterface", blocker.remote(), json);
    json.writeStringProperty("lookedAt", blocker.lookedAt().toString());
    json.writeEndObject();
  }

  private static void writeAcl(Blocker.Kind kind, @Nullable Decision decision, JsonGenerator json) {
    boolean isIt = kind == Blocker.Kind.NETWORK_ACL || kind == Blocker.Kind.BOTH;
    AclDecision acl = decision == null || !isIt ? null : decision.acl();
    AlertJson.writeText(
        "networkAclId", acl == null || acl.acl() == null ? null : acl.acl().id(), json);
    if (acl == null || acl.entry() == null || acl.verdict() == Verdict.UNKNOWN) {
      json.writeNullProperty("ruleNumber");
    } else {
      json.writeNumberProperty("ruleNumber", acl.entry().number());
    }
  }

  private static void writeGroups(
      Blocker.Kind kind, @Nullable Decision decision, JsonGenerator json) {
    boolean isIt = kind == Blocker.Kind.SECURITY_GROUP || kind == Blocker.Kind.BOTH;
    List<NetworkInterface.Group> groups =
        decision == null || !isIt ? List.of() : decision.at().groups();
    json.writeArrayPropertyStart("securityGroups");
    for (NetworkInterface.Group group : groups) {
      json.writeStartObject();
      json.writeStringProperty("id", group.id());
      AlertJson.writeChosenText("name", group.name(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    String closest = decision == null || !isIt ? "" : BlockerWords.closest(decision);
    AlertJson.writeText("closest", closest.isEmpty() ? null : closest, json);
  }

  /// Writes what the rules at an interface do with a flow, step by step.
  public static void write(Decision decision, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("interfaceId", decision.at().id());
    json.writeStringProperty("direction", decision.flow().direction().key());
    json.writeStringProperty("traffic", decision.flow().traffic());
    json.writeStringProperty("remoteAddress", decision.flow().remote().toString());
    json.writeObjectPropertyStart("networkAcl");
    AclDecision acl = decision.acl();
    AlertJson.writeText("id", acl.acl() == null ? null : acl.acl().id(), json);
    json.writeStringProperty("verdict", keyOf(acl.verdict()));
    AlertJson.writeText("reason", acl.why().isEmpty() ? null : acl.why(), json);
    json.writeArrayPropertyStart("rules");
    for (AclDecision.Step step : acl.steps()) {
      json.writeStartObject();
      json.writeNumberProperty("number", step.entry().number());
      json.writeStringProperty("action", step.entry().isAllow() ? "allow" : "deny");
      json.writeStringProperty("traffic", step.entry().traffic().words());
      json.writeStringProperty("peer", step.entry().block().toString());
      write(step.match(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeObjectPropertyStart("securityGroups");
    GroupDecision groups = decision.groups();
    json.writeStringProperty("verdict", keyOf(groups.verdict()));
    AlertJson.writeText("reason", groups.why().isEmpty() ? null : groups.why(), json);
    json.writeArrayPropertyStart("rules");
    for (GroupDecision.Step step : groups.steps()) {
      json.writeStartObject();
      json.writeStringProperty("groupId", step.group().id());
      json.writeStringProperty("traffic", step.rule().traffic().words());
      json.writeStringProperty("peer", BlockerWords.peerName(step.rule().peer()));
      write(step.match(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void write(Match match, JsonGenerator json) {
    json.writeStringProperty("matches", match.answer().name().toLowerCase(Locale.ROOT));
    json.writeStringProperty("reason", match.why());
  }

  private static String keyOf(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Writes an interface, and whose it is.
  public static void writeParty(String key, Blocker.@Nullable Party party, JsonGenerator json) {
    if (party == null) {
      json.writeNullProperty(key);
      return;
    }
    NetworkInterface at = party.networkInterface();
    json.writeObjectPropertyStart(key);
    json.writeStringProperty("id", at.id());
    AlertJson.writeChosenText("type", at.type(), json);
    AlertJson.writeChosenText("description", at.description(), json);
    AlertJson.writeText("instanceId", at.instanceId(), json);
    AlertJson.writeChosenText(
        "instanceName", party.instanceName().isEmpty() ? null : party.instanceName(), json);
    AlertJson.writeText("subnetId", at.subnetId(), json);
    AlertJson.writeText("vpcId", at.vpcId(), json);
    json.writeEndObject();
  }
}
