import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * JSON, which Java's standard library lacks. Objects are maps, arrays are lists, whole numbers are
 * of type Long, other numbers of type Double.
 */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        if (json.peek() != 0) throw json.wrong("the end");
        return value;
    }

    static String print(Object value) {
        if (value instanceof String) return quoted((String) value);
        if (value instanceof Map) {
            StringJoiner all = new StringJoiner(",", "{", "}");
            ((Map<?, ?>) value).forEach((key, v) -> all.add(quoted((String) key) + ":" + print(v)));
            return all.toString();
        }
        if (value instanceof Collection) {
            StringJoiner all = new StringJoiner(",", "[", "]");
            for (Object item : (Collection<?>) value) all.add(print(item));
            return all.toString();
        }
        return String.valueOf(value); // a number, true, false or null
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }

    private Object value() {
        char next = peek();
        if (next == '{') return object();
        if (next == '[') return array();
        if (next == '"') return string();
        int start = at;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) at++;
        String word = text.substring(start, at);
        switch (word) {
            case "true": return true;
            case "false": return false;
            case "null": return null;
            default:
                if (word.matches("-?\\d+")) return Long.valueOf(word);
                return Double.valueOf(word);
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> map = new LinkedHashMap<>();
        take('{');
        while (peek() != '}') {
            if (!map.isEmpty()) take(',');
            peek();
            String key = string();
            take(':');
            map.put(key, value());
        }
        take('}');
        return map;
    }

    private List<Object> array() {
        List<Object> list = new ArrayList<>();
        take('[');
        while (peek() != ']') {
            if (!list.isEmpty()) take(',');
            list.add(value());
        }
        take(']');
        return list;
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        take('"');
        for (char c = next(); c != '"'; c = next()) {
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = next();
            switch (escaped) {
                case 'b': out.append('\b'); break;
                case 'f': out.append('\f'); break;
                case 'n': out.append('\n'); break;
                case 'r': out.append('\r'); break;
                case 't': out.append('\t'); break;
                case 'u':
                    out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                    break;
                default: out.append(escaped); // a quote, a slash or a backslash
            }
        }
        return out.toString();
    }

    /** The next character that is no space, which is not taken; 0 at the end. */
    private char peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() {
        if (at == text.length()) throw wrong("more text");
        return text.charAt(at++);
    }

    private void take(char expected) {
        if (peek() != expected) throw wrong("a " + expected);
        at++;
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("expected " + expected + " at " + at + ": " + text);
    }
}
