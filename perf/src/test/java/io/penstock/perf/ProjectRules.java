package io.penstock.perf;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;

/** The rules of {@code ARCHITECTURE.md} that bytecode can show. */
final class ProjectRules {

    /** The modules' root packages in the direction of dependency: each may use those before it. */
    static final List<String> LAYERS = List.of(
            "io.penstock.os", "io.penstock.conntrack", "io.penstock.rules", "io.penstock.dataplane", "io.penstock.perf");

    /** Every hot package, whatever its module. */
    static final String HOT = "io.penstock..hot..";

    private static final String NATIVE = "io.penstock.os..";

    private ProjectRules() {
    }

    /** Each module uses only those before it. */
    static List<ArchRule> arrows() {
        final List<ArchRule> rules = new ArrayList<>();
        for (int i = 0; i < LAYERS.size() - 1; i++) {
            final String[] above =
                    LAYERS.subList(i + 1, LAYERS.size()).stream().map(root -> root + "..").toArray(String[]::new);
            // A module may still be empty; its arrow holds all the same.
            rules.add(noClasses().that().resideInAPackage(LAYERS.get(i) + "..")
                    .should().dependOnClassesThat().resideInAnyPackage(above)
                    .as(LAYERS.get(i) + " depends on nothing above it")
                    .allowEmptyShould(true));
        }
        return rules;
    }

    /** Every class lies below one of the modules' roots. */
    static ArchRule knownRoots() {
        return classes().should().resideInAnyPackage(LAYERS.stream().map(root -> root + "..").toArray(String[]::new));
    }

    /** Only native talks to C and makes segments of arbitrary memory. */
    static ArchRule foreignOnlyInNative() {
        return noClasses().that().resideOutsideOfPackage(NATIVE)
                .should().dependOnClassesThat().belongToAnyOf(Linker.class, SymbolLookup.class)
                .orShould().callMethodWhere(reinterpret())
                .as("only the module native uses the linker or reinterprets memory")
                .allowEmptyShould(true);
    }

    /** Nobody needs what the JDK is about to take away. */
    static ArchRule noUnsafe() {
        return noClasses().should().dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("jdk.internal.misc.Unsafe")
                .as("no class uses Unsafe");
    }

    /** Hot code stays away from what allocates, locks, logs or asks the time. */
    static ArchRule hotDependencies() {
        return noClasses().that().resideInAPackage(HOT)
                .should().dependOnClassesThat().resideInAnyPackage(
                        "java.util.logging..", "java.util.stream..", "java.util.concurrent.locks..", "java.time..")
                .orShould().dependOnClassesThat().haveNameMatching("java\\.util\\.Optional.*|java\\.lang\\.System\\$Logger")
                .as("hot packages use no logging, streams, locks, Optional or java.time");
    }

    /** Hot code does nothing that {@link HotBytecode} finds. */
    static ArchRule hotBytecode() {
        return classes().that().resideInAPackage(HOT).should(new ArchCondition<>("neither allocate, box, lock nor ask the time") {
            @Override
            public void check(final JavaClass type, final ConditionEvents events) {
                for (final String violation : HotBytecode.violations(bytes(type))) {
                    events.add(SimpleConditionEvent.violated(type, violation));
                }
            }
        });
    }

    /** A class is closed unless it was made to be extended. */
    static ArchRule finalOrAbstract() {
        return classes().that(new DescribedPredicate<>("are neither anonymous, enums nor what a harness extends") {
            @Override
            public boolean test(final JavaClass type) {
                return !type.isAnonymousClass() && !type.isEnum() && !isHarness(type);
            }
        }).should(new ArchCondition<>("be final, abstract or an interface") {
            @Override
            public void check(final JavaClass type, final ConditionEvents events) {
                if (!type.isInterface() && !type.getModifiers().contains(JavaModifier.FINAL)
                        && !type.getModifiers().contains(JavaModifier.ABSTRACT)) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is neither final nor abstract"));
                }
            }
        });
    }

    /** Every package says what it is. */
    static ArchRule packageInfo() {
        return classes().should(new ArchCondition<>("be in a package with a package-info.java") {
            @Override
            public void check(final JavaClass type, final ConditionEvents events) {
                if (type.getPackage().tryGetPackageInfo().isEmpty()) {
                    events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " has no package-info.java"));
                }
            }
        });
    }

    private static DescribedPredicate<JavaMethodCall> reinterpret() {
        return new DescribedPredicate<>("is MemorySegment.reinterpret") {
            @Override
            public boolean test(final JavaMethodCall call) {
                return call.getName().equals("reinterpret") && call.getTargetOwner().isEquivalentTo(MemorySegment.class);
            }
        };
    }

    /** JMH and jcstress generate subclasses of what they run. */
    private static boolean isHarness(final JavaClass type) {
        return type.getAnnotations().stream().anyMatch(a -> a.getRawType().getPackageName().startsWith("org.openjdk."))
                || type.getMethods().stream().anyMatch(m -> m.isAnnotatedWith("org.openjdk.jmh.annotations.Benchmark"));
    }

    private static byte[] bytes(final JavaClass type) {
        final String resource = '/' + type.getName().replace('.', '/') + ".class";
        try (InputStream in = ProjectRules.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
