package dev.flowbell.doctor;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.ec2.Ec2Exception;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/// Runs every check of a deployment, in the order in which records pass through it.
public final class Doctor {
  private final List<Check> checks;

  /// @param clock gives the time for the age of records
  public Doctor(InstantSource clock) {
    checks =
        List.of(
            new StackCheck(),
            new FlowLogCheck(),
            new RecordedTrafficCheck(),
            new FlowLogRoleCheck(),
            new LogGroupCheck(),
            new DataProtectionCheck(),
            new RecordsCheck(clock),
            new SubscriptionCheck(),
            new AccountPoliciesCheck(),
            new PermissionCheck(),
            new StreamRoleCheck(),
            new DestinationCheck(),
            new StreamCheck(clock),
            new FilesCheck(clock),
            new FunctionCheck(),
            new FunctionRoleCheck(),
            new AliasCheck(),
            new FailedInvocationsCheck(),
            new LossesCheck(clock),
            new SettingsCheck(),
            new LedgerCheck(),
            new TopicCheck(),
            new TopicKeyCheck(),
            new SubscribersCheck(),
            new FilterPoliciesCheck(),
            new AlarmsCheck(),
            new FailureQueueCheck());
  }

  /// Runs the checks that apply, and returns at least one finding for each.
  public List<Finding> examine(Deployment deployment) {
    List<Finding> findings = new ArrayList<>();
    for (Check check : checks) {
      if (check.appliesTo(deployment)) {
        findings.addAll(examine(check, deployment));
      }
    }
    return findings;
  }

  /// Sends synthetic records through the deployment and waits for their metric and notification,
  /// see [SendTest].
  ///
  /// @param progress receives a line for each stage
  public static List<Finding> sendTest(
      Deployment deployment, Duration timeout, Consumer<String> progress) {
    SendTest test =
        new SendTest(InstantSource.system(), Thread::sleep, new SecureRandom(), timeout, progress);
    return examine(test, deployment);
  }

  /// Returns the IAM actions that all checks need, in alphabetical order.
  List<String> actions() {
    return checks.stream().flatMap(check -> check.actions().stream()).distinct().sorted().toList();
  }

  static List<Finding> examine(Check check, Deployment deployment) {
    try {
      return check.examine(deployment);
    } catch (AwsServiceException e) {
      return List.of(
          AwsErrors.isDenied(e)
              ? Finding.skipped(
                  check.name(),
                  "not allowed to ask",
                  "needs the permission " + AwsErrors.deniedAction(e, check.actions()))
              : Finding.skipped(check.name(), "could not be asked", AwsErrors.messageOf(e)));
    } catch (Ec2Exception e) {
      return List.of(
          e.isUnauthorized()
              ? Finding.skipped(
                  check.name(), "not allowed to ask", "needs the permission " + e.iamAction())
              : Finding.skipped(
                  check.name(), "could not be asked", String.valueOf(e.getMessage())));
    } catch (SdkClientException e) {
      return List.of(
          Finding.skipped(check.name(), "could not be asked", ClientErrors.messageOf(e)));
    } catch (MissingResourceException e) {
      return List.of(
          Finding.skipped(check.name(), "nothing to ask about", String.valueOf(e.getMessage())));
    }
  }
}
