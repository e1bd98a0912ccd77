package dev.flowbell.doctor;

import java.util.regex.Pattern;

/// A command line of the AWS CLI or the SAM CLI, ready to be pasted into a POSIX shell.
final class AwsCommand {
  /// What a finding says whose mend deploys with another value of a parameter. A plain `sam deploy`
  /// takes the values in `samconfig.toml`, and leaves the other parameters as they are.
  static final String KEEP =
      ". If samconfig.toml names the parameter, change it there too, or the next sam deploy sets it"
          + " back";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

  private final StringBuilder text;

  private AwsCommand(String program) {
    text = new StringBuilder(program);
  }

  /// Begins a command of the AWS CLI.
  ///
  /// @param operation a service and an operation, such as `sns subscribe`
  static AwsCommand of(String operation) {
    return new AwsCommand("aws " + operation);
  }

  /// Returns the command that updates the stack with another value of one template parameter. It
  /// needs no template: the stack has it. A parameter that isn't named would get its default.
  static String redeploy(Deployment deployment, String parameter, String value) {
    AwsCommand command =
        of("cloudformation update-stack").with("stack-name", deployment.stackName());
    command.text.append(" --use-previous-template");
    command.text.append(" --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameters ");
    command.text.append(quoted("ParameterKey=%s,ParameterValue=%s".formatted(parameter, value)));
    for (String other : deployment.parameterNames()) {
      if (!other.equals(parameter)) {
        command.text.append(" ParameterKey=").append(other).append(",UsePreviousValue=true");
      }
    }
    return command.in(deployment);
  }

  /// Returns the command that deploys again. It is for the project's folder.
  static String redeploy(Deployment deployment) {
    return deployment(deployment).text.toString();
  }

  /// Returns the command that compares the stack's resources with its template.
  static String drift(Deployment deployment) {
    return of("cloudformation detect-stack-drift")
        .with("stack-name", deployment.stackName())
        .in(deployment);
  }

  /// Returns the command that shows the function's log of the last hour.
  static String tail(Deployment deployment) {
    return of("logs tail " + deployment.functionLogGroupName()).with("since", "1h").in(deployment);
  }

  private static AwsCommand deployment(Deployment deployment) {
    return new AwsCommand("sam deploy")
        .with("stack-name", deployment.stackName())
        .with("region", deployment.region());
  }

  /// Adds an option.
  AwsCommand with(String option, String value) {
    text.append(" --").append(option).append(' ').append(quoted(value));
    return this;
  }

  /// Returns the command line with the deployment's Region.
  String in(Deployment deployment) {
    return with("region", deployment.region()).text.toString();
  }

  private static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
  }
}
