package io.penstock.perf;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a class of a hot package may not do, read from its bytecode: allocate, box, lock, ask the time.
 *
 * <p>Rules:
 * <ol>
 *   <li>Objects and arrays are made in constructors, static initialisers and methods whose name starts with {@code create},
 *       {@code of} or {@code allocate}, and nowhere else. A lambda or a string concatenation counts as an allocation.</li>
 *   <li>An exception may be made anywhere, with its message, if it is thrown on the spot or is what the method returns: it
 *       reports a bug, and a packet never causes it.</li>
 *   <li>{@code toString}, {@code hashCode} and {@code equals} are for people and tests, not for packets.</li>
 *   <li>Locks ({@code synchronized} on a method or a block) and the clock are nowhere.</li>
 * </ol>
 */
final class HotBytecode {

    private static final Set<String> BOXES = Set.of(
            "java/lang/Boolean", "java/lang/Byte", "java/lang/Character", "java/lang/Short",
            "java/lang/Integer", "java/lang/Long", "java/lang/Float", "java/lang/Double");
    private static final Set<String> CLOCKS = Set.of("nanoTime", "currentTimeMillis");
    private static final Set<String> FOR_PEOPLE = Set.of("toString", "hashCode", "equals");

    /** What the compiler names the method that fills an enum's constants. */
    private static final String ENUM_VALUES = "$values";

    private HotBytecode() {
    }

    /** The violations in one class file, each as {@code Class.method: what}; empty when there is none. */
    static List<String> violations(final byte[] classFile) {
        final ClassModel model = ClassFile.of().parse(classFile);
        final List<String> found = new ArrayList<>();
        for (final MethodModel method : model.methods()) {
            final String name = model.thisClass().asInternalName().replace('/', '.') + '.' + method.methodName().stringValue();
            if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
                found.add(name + ": is synchronized");
            }
            final boolean allocates = mayAllocate(method);
            method.code().ifPresent(code -> scan(code, name, allocates, found));
        }
        return found;
    }

    private static boolean mayAllocate(final MethodModel method) {
        final String name = method.methodName().stringValue();
        return name.startsWith("<") || name.startsWith("create") || name.startsWith("of") || name.startsWith("allocate")
                || name.equals(ENUM_VALUES) || FOR_PEOPLE.contains(name)
                || isThrowable(method.methodTypeSymbol().returnType().displayName());
    }

    private static void scan(
            final Iterable<CodeElement> code, final String method, final boolean mayAllocate, final List<String> found) {
        // From the NEW of an exception to the throw, whatever is made is the exception's message.
        boolean throwing = false;
        for (final CodeElement element : code) {
            if (element instanceof final NewObjectInstruction made
                    && isThrowable(made.className().asInternalName())) {
                throwing = true;
            } else if (element instanceof ThrowInstruction) {
                throwing = false;
            }
            final String what = forbidden(element, mayAllocate || throwing);
            if (what != null) {
                found.add(method + ": " + what);
            }
        }
    }

    private static String forbidden(final CodeElement element, final boolean mayAllocate) {
        return switch (element) {
            case final MonitorInstruction monitor when monitor.opcode() == Opcode.MONITORENTER -> "enters a monitor";
            case final InvokeInstruction call when isClock(call) -> "asks the time";
            case final InvokeInstruction call when !mayAllocate && isBoxing(call) ->
                    "boxes a " + call.owner().asInternalName().replace('/', '.');
            case final NewObjectInstruction made when !mayAllocate ->
                    "allocates a " + made.className().asInternalName().replace('/', '.');
            case final NewPrimitiveArrayInstruction _ when !mayAllocate -> "allocates an array";
            case final NewReferenceArrayInstruction _ when !mayAllocate -> "allocates an array";
            case final NewMultiArrayInstruction _ when !mayAllocate -> "allocates an array";
            case final InvokeDynamicInstruction call when !mayAllocate ->
                    "allocates through invokedynamic (" + call.name().stringValue() + ')';
            default -> null;
        };
    }

    private static boolean isBoxing(final InvokeInstruction call) {
        return call.name().equalsString("valueOf") && BOXES.contains(call.owner().asInternalName());
    }

    private static boolean isClock(final InvokeInstruction call) {
        return call.owner().asInternalName().equals("java/lang/System") && CLOCKS.contains(call.name().stringValue());
    }

    private static boolean isThrowable(final String name) {
        return name.endsWith("Exception") || name.endsWith("Error");
    }
}
