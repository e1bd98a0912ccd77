package dev.flowbell.doctor;

import java.util.List;
import software.amazon.awssdk.services.cloudwatchlogs.model.Destination;

/// Checks the destination to which other accounts send flow logs.
final class DestinationCheck implements Check {
  @Override
  public String name() {
    return "destination";
  }

  @Override
  public List<String> actions() {
    return List.of("logs:DescribeDestinations");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.has(Deployment.DESTINATION);
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String destinationName = deployment.id(Deployment.DESTINATION);
    return List.of(
        deployment
            .aws()
            .logs()
            .describeDestinationsPaginator(ask -> ask.destinationNamePrefix(destinationName))
            .destinations()
            .stream()
            .filter(destination -> destination.destinationName().equals(destinationName))
            .findFirst()
            .map(destination -> examine(destination, deployment))
            .orElseGet(() -> broken("there is no destination " + destinationName, deployment)));
  }

  private Finding examine(Destination destination, Deployment deployment) {
    String destinationName = destination.destinationName();
    if (!destination.targetArn().equals(deployment.streamArn())) {
      return broken(
          "%s leads to %s".formatted(destinationName, destination.targetArn()), deployment);
    }
    String organization = deployment.parameter("OrganizationId");
    String senders = organization.isEmpty() ? deployment.parameter("MemberAccounts") : organization;
    String policy = destination.accessPolicy() == null ? "" : destination.accessPolicy();
    for (String sender : senders.split(",", -1)) {
      if (!policy.contains(sender)) {
        return broken(
            "%s does not take what %s sends".formatted(destinationName, sender), deployment);
      }
    }
    return Finding.ok(name(), "%s takes what %s sends".formatted(destinationName, senders));
  }

  private Finding broken(String seen, Deployment deployment) {
    return Finding.problem(
        name(),
        seen,
        "flow logs of other accounts don't reach the stream",
        AwsCommand.drift(deployment));
  }
}
