package io.penstock.dataplane.program;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A generated class as text: an instruction a line, labels numbered in order of appearance. */
final class ProgramText {

    private final Map<Label, Integer> labels = new HashMap<>();
    private final StringBuilder text = new StringBuilder();

    private ProgramText() {
    }

    /** The text of each method, by name. */
    static Map<String, String> methods(final byte[] bytes) {
        final Map<String, String> methods = new TreeMap<>();
        for (final MethodModel method : ClassFile.of().parse(bytes).methods()) {
            method.code().ifPresent(code -> methods.put(method.methodName().stringValue(), new ProgramText().of(code)));
        }
        return methods;
    }

    /** The text of the whole class. */
    static String of(final byte[] bytes) {
        return methods(bytes).entrySet().stream().map(e -> e.getKey() + '\n' + e.getValue()).collect(Collectors.joining("\n"));
    }

    private String of(final CodeModel code) {
        // Only labels that something jumps to are shown.
        code.forEach(this::number);
        for (final CodeElement element : code) {
            if (element instanceof final LabelTarget target) {
                if (labels.containsKey(target.label())) {
                    text.append("  ").append(name(target.label())).append(":\n");
                }
            } else if (element instanceof final Instruction instruction) {
                text.append("    ").append(describe(instruction)).append('\n');
            } else if (element instanceof final ExceptionCatch handler) {
                text.append("    catch ").append(name(handler.tryStart())).append(" to ").append(name(handler.tryEnd()))
                        .append(" at ").append(name(handler.handler())).append('\n');
            }
        }
        return text.toString();
    }

    private void number(final CodeElement element) {
        switch (element) {
            case final BranchInstruction branch -> name(branch.target());
            case final TableSwitchInstruction table -> describe(table);
            case final LookupSwitchInstruction lookup -> describe(lookup);
            case final ExceptionCatch handler ->
                List.of(handler.tryStart(), handler.tryEnd(), handler.handler()).forEach(this::name);
            default -> { }
        }
    }

    private String describe(final Instruction instruction) {
        final String opcode = instruction.opcode().name().toLowerCase(Locale.ROOT);
        return switch (instruction) {
            case final InvokeInstruction call ->
                opcode + ' ' + simple(call.owner().asInternalName()) + '.' + call.name().stringValue();
            case final FieldInstruction field ->
                opcode + ' ' + simple(field.owner().asInternalName()) + '.' + field.name().stringValue();
            case final LoadInstruction load -> "load " + load.slot();
            case final StoreInstruction store -> "store " + store.slot();
            case final IncrementInstruction increment -> "increment " + increment.slot();
            case final ConstantInstruction constant -> "push " + constant.constantValue();
            case final BranchInstruction branch -> opcode + ' ' + name(branch.target());
            case final TypeCheckInstruction check -> opcode + ' ' + simple(check.type().asInternalName());
            case final TableSwitchInstruction table -> cases(table.cases(), table.defaultTarget());
            case final LookupSwitchInstruction lookup -> cases(lookup.cases(), lookup.defaultTarget());
            default -> opcode;
        };
    }

    private String cases(final List<SwitchCase> cases, final Label otherwise) {
        return "switch " + cases.stream().map(c -> c.caseValue() + "->" + name(c.target())).collect(Collectors.joining(" "))
                + " else->" + name(otherwise);
    }

    private String name(final Label label) {
        return "L" + labels.computeIfAbsent(label, l -> labels.size());
    }

    private static String simple(final String internalName) {
        return internalName.substring(internalName.lastIndexOf('/') + 1);
    }
}
