package io.penstock.perf.bench.lab;

import io.penstock.dataplane.cli.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One start of {@code bench all}: a run that was interrupted has several.
 *
 * @param started  when, in ISO 8601; tells sessions apart
 * @param arguments of the command line, from {@code bench} on
 * @param load     of the machine, before anything was measured
 * @param machine  what the machine is, by title
 * @param peers    the peers' versions, by name; empty for one that is absent
 * @param absent   why measurements are not made, by their ids
 */
record Session(String started, List<String> arguments, MachineLoad load, Map<String, String> machine, Map<String, String> peers,
        Map<String, String> absent) {

    Session {
        arguments = List.copyOf(arguments);
        machine = new LinkedHashMap<>(machine);
        peers = new LinkedHashMap<>(peers);
        absent = new LinkedHashMap<>(absent);
    }

    void write(final Json json) {
        json.object().field("started", started).name("arguments").array();
        arguments.forEach(json::value);
        load.write(json.end().name("load"));
        write(json.name("machine"), machine);
        write(json.name("peers"), peers);
        write(json.name("absent"), absent);
        json.end();
    }

    /** As {@link #write} wrote it. */
    static Session of(final Map<?, ?> map) {
        final List<String> arguments = new ArrayList<>();
        ((List<?>) map.get("arguments")).forEach(argument -> arguments.add(String.valueOf(argument)));
        return new Session((String) map.get("started"), arguments, MachineLoad.of((Map<?, ?>) map.get("load")), strings(map.get("machine")),
                strings(map.get("peers")), strings(map.get("absent")));
    }

    private static void write(final Json json, final Map<String, String> map) {
        json.object();
        map.forEach(json::field);
        json.end();
    }

    private static Map<String, String> strings(final Object map) {
        final Map<String, String> all = new LinkedHashMap<>();
        ((Map<?, ?>) map).forEach((name, value) -> all.put(String.valueOf(name), String.valueOf(value)));
        return all;
    }
}
