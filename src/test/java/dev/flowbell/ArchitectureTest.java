package dev.flowbell;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Holds the direction of the arrows between packages. A new arrow is a change of the design, and
/// is made there first.
class ArchitectureTest {
  private static final String ROOT = "dev.flowbell.";

  private static final List<String> ALL =
      List.of(
          "ascii",
          "aws",
          "record",
          "input",
          "classify",
          "metric",
          "summary",
          "ledger",
          "ec2",
          "s3",
          "judge",
          "notify",
          "publish",
          "settings",
          "pipeline",
          "report",
          "backtest",
          "doctor",
          "lambda",
          "cli");

  /// Which of Flowbell's packages each of them may import.
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("ascii", Set.of()),
          Map.entry("aws", Set.of()),
          Map.entry("record", Set.of("ascii")),
          Map.entry("input", Set.of("ascii", "record")),
          Map.entry("classify", Set.of("record")),
          Map.entry("metric", Set.of("record")),
          Map.entry("summary", Set.of("record", "classify", "metric")),
          Map.entry("ledger", Set.of("aws")),
          Map.entry("ec2", Set.of("aws", "record")),
          Map.entry("s3", Set.of("aws")),
          Map.entry("judge", Set.of("summary", "metric", "classify", "record", "ledger")),
          Map.entry("notify", Set.of("judge", "summary", "metric", "classify", "record", "ec2")),
          Map.entry("publish", Set.of("metric", "notify", "aws")),
          Map.entry("settings", Set.of("judge", "metric", "notify", "record")),
          Map.entry(
              "pipeline",
              allBut("s3", "pipeline", "report", "backtest", "doctor", "lambda", "cli")),
          Map.entry("report", Set.of("record", "classify", "metric")),
          Map.entry(
              "backtest",
              Set.of("pipeline", "judge", "notify", "summary", "metric", "record", "classify")),
          Map.entry(
              "doctor",
              Set.of(
                  "settings",
                  "ec2",
                  "s3",
                  "notify",
                  "judge",
                  "summary",
                  "metric",
                  "record",
                  "aws")),
          Map.entry("lambda", allBut("report", "backtest", "lambda", "cli")),
          Map.entry("cli", allBut("lambda", "cli")));

  private static Set<String> allBut(String... names) {
    Set<String> all = new TreeSet<>(ALL);
    all.removeAll(List.of(names));
    return all;
  }

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.flowbell");

  @Test
  void packages_areThoseOfTheDesign() {
    Set<String> names = new TreeSet<>();
    for (JavaPackage each : packages()) {
      names.add(each.getName());
    }

    assertThat(names)
        .containsExactlyElementsOf(
            new TreeSet<>(MAY_IMPORT.keySet().stream().map(ROOT::concat).toList()));
  }

  @TestFactory
  Stream<DynamicTest> packages_importOnlyWhatTheDesignAllows() {
    return new LinkedHashMap<>(MAY_IMPORT)
        .entrySet().stream()
            .filter(entry -> !others(entry.getKey(), entry.getValue()).isEmpty())
            .map(
                entry ->
                    DynamicTest.dynamicTest(
                        entry.getKey(),
                        () ->
                            noClasses()
                                .that()
                                .resideInAPackage(ROOT + entry.getKey() + "..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                    others(entry.getKey(), entry.getValue()).stream()
                                        .map(other -> ROOT + other + "..")
                                        .toArray(String[]::new))
                                .check(MAIN)));
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void awsSdkTypes_stayWhereAwsIsCalled() {
    assertStayIn(
        "software.amazon..", "aws", "publish", "ledger", "ec2", "s3", "doctor", "lambda", "cli");
  }

  @Test
  void lambdaTypes_stayInLambda() {
    assertStayIn("com.amazonaws..", "lambda");
  }

  @Test
  void commandLineTypes_stayInCli() {
    assertStayIn("picocli..", "cli");
  }

  private static void assertStayIn(String library, String... names) {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            Stream.of(names).map(name -> ROOT + name + "..").toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(MAIN);
  }

  @Test
  void packages_areNullMarked() {
    assertThat(packages())
        .isNotEmpty()
        .allSatisfy(
            each -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
  }

  @Test
  void staticFields_areConstants() {
    fields()
        .that()
        .areStatic()
        .should()
        .beFinal()
        .andShould(holdNothingThatOthersCanChange())
        .check(MAIN);
  }

  @Test
  void classes_areCalledByTheirNoun() {
    classes()
        .should()
        .haveSimpleNameNotEndingWith("Util")
        .andShould()
        .haveSimpleNameNotEndingWith("Utils")
        .andShould()
        .haveSimpleNameNotEndingWith("Helper")
        .andShould()
        .haveSimpleNameNotEndingWith("Manager")
        .andShould()
        .haveSimpleNameNotEndingWith("Impl")
        .check(MAIN);
  }

  private static Set<String> others(String name, Set<String> allowed) {
    Set<String> others = new TreeSet<>(MAY_IMPORT.keySet());
    others.remove(name);
    others.removeAll(allowed);
    return others;
  }

  private static Collection<JavaPackage> packages() {
    return MAIN.stream().map(each -> each.getPackage()).distinct().toList();
  }

  /// An array is open to whoever sees it; so are JDK types that have setters.
  private static ArchCondition<JavaField> holdNothingThatOthersCanChange() {
    return new ArchCondition<>("hold nothing that others can change") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        boolean isSeen = !field.getModifiers().contains(JavaModifier.PRIVATE);
        boolean isMade = field.getModifiers().contains(JavaModifier.SYNTHETIC);
        boolean isArray = field.getRawType().isArray() && isSeen && !isMade;
        boolean isState =
            Stream.of(
                    "java.util.concurrent.atomic.",
                    "java.util.ArrayList",
                    "java.util.HashMap",
                    "java.util.HashSet",
                    "java.lang.StringBuilder",
                    "java.lang.ThreadLocal")
                .anyMatch(field.getRawType().getName()::startsWith);
        if (isArray || isState) {
          events.add(SimpleConditionEvent.violated(field, field.getDescription() + " is mutable"));
        }
      }
    };
  }
}
