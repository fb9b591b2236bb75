package io.penstock.os.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The offsets against the C compiler's, where there is one with the kernel's headers. */
class BpfLayoutTest {

    private final Map<String, Integer> ours = new LinkedHashMap<>();

    @Test
    void shouldHaveTheOffsetsOfTheKernelsHeaders(@TempDir final Path directory) throws IOException {
        assumeTrue(Shell.attempt(List.of("sh", "-c", "echo '#include <linux/bpf.h>' | cc -fsyntax-only -xc -")).exit() == 0,
                "lacking: a C compiler with linux/bpf.h");
        attr("map_type", BpfAttrLayout.MAP_TYPE);
        attr("key_size", BpfAttrLayout.MAP_KEY_BYTES);
        attr("value_size", BpfAttrLayout.MAP_VALUE_BYTES);
        attr("max_entries", BpfAttrLayout.MAP_MAX_ENTRIES);
        attr("map_flags", BpfAttrLayout.MAP_FLAGS);
        attr("map_name", BpfAttrLayout.MAP_NAME);
        attr("map_fd", BpfAttrLayout.ELEM_MAP_FD);
        attr("key", BpfAttrLayout.ELEM_KEY);
        attr("value", BpfAttrLayout.ELEM_VALUE);
        attr("next_key", BpfAttrLayout.ELEM_VALUE);
        attr("flags", BpfAttrLayout.ELEM_FLAGS);
        attr("prog_type", BpfAttrLayout.PROG_TYPE);
        attr("insn_cnt", BpfAttrLayout.PROG_INSN_COUNT);
        attr("insns", BpfAttrLayout.PROG_INSNS);
        attr("license", BpfAttrLayout.PROG_LICENSE);
        attr("log_level", BpfAttrLayout.PROG_LOG_LEVEL);
        attr("log_size", BpfAttrLayout.PROG_LOG_BYTES);
        attr("log_buf", BpfAttrLayout.PROG_LOG);
        attr("prog_name", BpfAttrLayout.PROG_NAME);
        attr("pathname", BpfAttrLayout.OBJ_PATH);
        attr("bpf_fd", BpfAttrLayout.OBJ_FD);
        attr("test.prog_fd", BpfAttrLayout.TEST_PROG_FD);
        attr("test.retval", BpfAttrLayout.TEST_RETVAL);
        attr("test.data_size_in", BpfAttrLayout.TEST_DATA_BYTES_IN);
        attr("test.data_size_out", BpfAttrLayout.TEST_DATA_BYTES_OUT);
        attr("test.data_in", BpfAttrLayout.TEST_DATA_IN);
        attr("test.data_out", BpfAttrLayout.TEST_DATA_OUT);
        attr("test.repeat", BpfAttrLayout.TEST_REPEAT);
        attr("test.duration", BpfAttrLayout.TEST_DURATION_NS);
        attr("test.ctx_size_in", BpfAttrLayout.TEST_CTX_BYTES_IN);
        attr("test.ctx_in", BpfAttrLayout.TEST_CTX_IN);
        attr("test.flags", BpfAttrLayout.TEST_FLAGS);
        attr("test.batch_size", BpfAttrLayout.TEST_BATCH);
        attr("prog_id", BpfAttrLayout.ID);
        attr("next_id", BpfAttrLayout.NEXT_ID);
        attr("info.bpf_fd", BpfAttrLayout.INFO_FD);
        attr("info.info_len", BpfAttrLayout.INFO_BYTES);
        attr("info.info", BpfAttrLayout.INFO);
        attr("link_create.prog_fd", BpfAttrLayout.LINK_PROG_FD);
        attr("link_create.target_ifindex", BpfAttrLayout.LINK_IFINDEX);
        attr("link_create.attach_type", BpfAttrLayout.LINK_ATTACH_TYPE);
        attr("link_create.flags", BpfAttrLayout.LINK_FLAGS);
        attr("link_update.link_fd", BpfAttrLayout.UPDATE_LINK_FD);
        attr("link_update.new_prog_fd", BpfAttrLayout.UPDATE_PROG_FD);
        offset("struct xdp_md", "data_end", XdpContext.DATA_END);
        offset("struct xdp_md", "ingress_ifindex", XdpContext.INGRESS_IFINDEX);
        offset("struct xdp_md", "rx_queue_index", XdpContext.RX_QUEUE_INDEX);
        offset("struct bpf_prog_info", "type", BpfAttrLayout.ProgInfo.TYPE);
        offset("struct bpf_prog_info", "id", BpfAttrLayout.ProgInfo.ID);
        offset("struct bpf_prog_info", "name", BpfAttrLayout.ProgInfo.NAME);
        offset("struct bpf_link_info", "type", BpfAttrLayout.LinkInfo.TYPE);
        offset("struct bpf_link_info", "id", BpfAttrLayout.LinkInfo.ID);
        offset("struct bpf_link_info", "prog_id", BpfAttrLayout.LinkInfo.PROG_ID);
        offset("struct bpf_link_info", "xdp.ifindex", BpfAttrLayout.LinkInfo.IFINDEX);

        assertEquals(new TreeMap<>(ours), compiled(directory));
    }

    private void attr(final String field, final int offset) {
        offset("union bpf_attr", field, offset);
    }

    private void offset(final String type, final String field, final int offset) {
        ours.put("offsetof(" + type + ", " + field + ')', offset);
    }

    private Map<String, Integer> compiled(final Path directory) throws IOException {
        final StringBuilder source = new StringBuilder("#include <linux/bpf.h>\n#include <stddef.h>\n#include <stdio.h>\nint main() {\n");
        ours.keySet().forEach(name -> source.append("printf(\"").append(name).append("=%d\\n\", (int) ").append(name).append(");\n"));
        final Path file = Files.writeString(directory.resolve("offsets.c"), source.append("}\n"));
        final Path program = directory.resolve("offsets");
        Shell.sh("cc -o %s %s", program, file);
        final Map<String, Integer> result = new TreeMap<>();
        for (final String line : Shell.sh(program.toString()).lines().toList()) {
            final int at = line.lastIndexOf('=');
            result.put(line.substring(0, at), Integer.parseInt(line.substring(at + 1)));
        }
        return result;
    }
}
