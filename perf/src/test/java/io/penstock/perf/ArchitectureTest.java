package io.penstock.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.penstock.os.archfixture.Upward;
import io.penstock.perf.archfixture.Foreign;
import io.penstock.perf.archfixture.OpenClass;
import io.penstock.perf.archfixture.bare.Unexplained;
import io.penstock.perf.archfixture.hot.Careless;
import io.penstock.perf.archfixture.hot.Careful;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Holds every module to the rules, and shows with classes made for it that each rule can fail. */
final class ArchitectureTest {

    /** Lines. Longer files are two things in one; the warning leaves time to see which. */
    private static final int MAX_LINES = 800;
    private static final int MANY_LINES = 500;

    /** Tests, whether in a directory or in another module's test jar, and what JMH and jcstress generate, follow other rules. */
    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(at -> !at.contains("/test-classes/") && !at.contains("-tests.jar")
                    && !at.contains("/jmh_generated/") && !at.contains("_jcstress"))
            .importPackages("io.penstock");

    @Test
    void shouldDependOnlyOnModulesBelow() {
        ProjectRules.arrows().forEach(rule -> rule.check(PRODUCTION));
    }

    @Test
    void shouldLieBelowAModulesRoot() {
        ProjectRules.knownRoots().check(PRODUCTION);
    }

    @Test
    void shouldKeepForeignFunctionsInNative() {
        ProjectRules.foreignOnlyInNative().check(PRODUCTION);
    }

    @Test
    void shouldNotUseUnsafe() {
        ProjectRules.noUnsafe().check(PRODUCTION);
    }

    @Test
    void shouldKeepHotPackagesToWhatIsCheap() {
        ProjectRules.hotDependencies().check(PRODUCTION);
    }

    @Test
    void shouldNeitherAllocateNorLockNorAskTheTimeInHotPackages() {
        ProjectRules.hotBytecode().check(PRODUCTION);
    }

    @Test
    void shouldCloseClasses() {
        ProjectRules.finalOrAbstract().check(PRODUCTION);
    }

    @Test
    void shouldExplainEveryPackage() {
        ProjectRules.packageInfo().check(PRODUCTION);
    }

    @Test
    void shouldKeepSourceFilesShort(final TestReporter reporter) {
        final TreeSet<String> tooLong = new TreeSet<>();
        for (final Map.Entry<Path, Long> file : SourceTree.javaFiles().entrySet()) {
            if (file.getValue() > MAX_LINES) {
                tooLong.add(file.getKey() + ": lines=" + file.getValue() + " max=" + MAX_LINES);
            } else if (file.getValue() > MANY_LINES) {
                reporter.publishEntry("long file", file.getKey() + ": lines=" + file.getValue());
            }
        }
        assertTrue(tooLong.isEmpty(), () -> "split these: " + tooLong);
    }

    @Test
    void shouldSayInArchitectureWhatEachModulesPackageSays() throws IOException {
        final String document = oneLine(Files.readString(SourceTree.root().resolve("ARCHITECTURE.md")));
        for (int i = 0; i < SourceTree.MODULES.size(); i++) {
            final String sentence = firstSentence(i);
            assertTrue(document.contains(sentence),
                    () -> "ARCHITECTURE.md lacks the first sentence of a module's package-info.java: " + sentence);
        }
    }

    @Test
    void shouldReportADependencyOnAModuleAbove() {
        final JavaClasses fixture = new ClassFileImporter().importClasses(Upward.class);
        assertEquals(1, ProjectRules.arrows().stream().filter(rule -> rule.evaluate(fixture).hasViolation()).count());
    }

    @Test
    void shouldReportTheLinkerOutsideNative() {
        final List<String> report = violations(ProjectRules.foreignOnlyInNative(), Foreign.class);
        assertContains(report, "java.lang.foreign.Linker");
        assertContains(report, "java.lang.foreign.MemorySegment.reinterpret(long)");
    }

    @Test
    void shouldReportUnsafe(@TempDir final Path directory) throws IOException {
        // javac itself would warn of such a class, and warnings are errors.
        final byte[] fixture = ClassFile.of().build(ClassDesc.of("io.penstock.perf.Unsafe"),
                type -> type.withField("unsafe", ClassDesc.of("sun.misc.Unsafe"), ClassFile.ACC_PRIVATE));
        Files.write(directory.resolve("Unsafe.class"), fixture);
        assertContains(ProjectRules.noUnsafe().evaluate(new ClassFileImporter().importPath(directory))
                .getFailureReport().getDetails(), "sun.misc.Unsafe");
    }

    @Test
    void shouldReportEveryForbiddenDependencyOfAHotClass() {
        final List<String> report = violations(ProjectRules.hotDependencies(), Careless.class);
        for (final String word : List.of("java.util.stream.IntStream", "java.util.OptionalInt", "java.lang.System$Logger",
                "java.time.Instant", "java.util.concurrent.locks.ReentrantLock")) {
            assertContains(report, word);
        }
    }

    @Test
    void shouldReportEveryForbiddenInstructionOfAHotClass() {
        final String type = Careless.class.getName();
        assertEquals(new TreeSet<>(List.of(
                type + ".array: allocates an array",
                type + ".arrays: allocates an array",
                type + ".box: boxes a java.lang.Integer",
                type + ".concatenate: allocates through invokedynamic (makeConcatWithConstants)",
                type + ".lambda: allocates through invokedynamic (run)",
                type + ".lock: enters a monitor",
                type + ".locked: is synchronized",
                type + ".now: asks the time",
                type + ".object: allocates a java.lang.Object",
                type + ".objects: allocates an array")),
                new TreeSet<>(violations(ProjectRules.hotBytecode(), Careless.class)));
    }

    @Test
    void shouldAllowAHotClassToBeMadeAndToThrow() {
        assertEquals(List.of(), violations(ProjectRules.hotBytecode(), Careful.class));
    }

    @Test
    void shouldReportAnOpenClass() {
        assertContains(violations(ProjectRules.finalOrAbstract(), OpenClass.class), "OpenClass is neither final nor abstract");
    }

    @Test
    void shouldReportAPackageWithoutExplanation() {
        assertContains(violations(ProjectRules.packageInfo(), Unexplained.class),
                "io.penstock.perf.archfixture.bare has no package-info.java");
    }

    @Test
    void shouldSeeEveryModuleWhenItImportsProductionClasses() {
        for (final String root : ProjectRules.LAYERS) {
            assertTrue(PRODUCTION.containPackage(root), () -> "no class of " + root + " was imported");
        }
        assertFalse(PRODUCTION.containPackage("io.penstock.perf.archfixture"));
    }

    private static List<String> violations(final ArchRule rule, final Class<?> fixture) {
        return rule.evaluate(new ClassFileImporter().importClasses(fixture)).getFailureReport().getDetails();
    }

    private static void assertContains(final List<String> report, final String text) {
        assertTrue(report.stream().anyMatch(line -> line.contains(text)), () -> "no '" + text + "' in " + report);
    }

    private static String firstSentence(final int module) throws IOException {
        final Path file = SourceTree.root().resolve(SourceTree.MODULES.get(module)).resolve("src/main/java")
                .resolve(ProjectRules.LAYERS.get(module).replace('.', '/')).resolve("package-info.java");
        final String text = oneLine(Files.readString(file).replaceAll("(?m)^\\s*/?\\*+/?", " "));
        return text.substring(0, text.indexOf('.') + 1).replaceAll("\\{@code ([^}]*)}", "`$1`");
    }

    private static String oneLine(final String text) {
        return text.replaceAll("\\s+", " ").trim();
    }
}
