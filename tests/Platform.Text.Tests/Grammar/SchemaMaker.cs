using System.Text.Json.Nodes;

namespace Platform.Text.Tests.Grammar;

/// <summary>Makes schemas that some value satisfies.</summary>
internal sealed class SchemaMaker(Random random)
{
    private static readonly string[] Patterns = ["^[a-z]{2,8}$", "[0-9]", "^(yes|no)$", "^\\w+@\\w+\\.(org|net)$", "^[^x]{0,5}$", "^a.c", "\\s", "^\\D*$", "é|ü"];
    private static readonly string[] Formats = ["date", "time", "date-time", "uuid", "ipv4", "ipv6", "hostname", "email", "duration", "uri"];
    private static readonly string[] Names = ["id", "name", "a b", "größe", "x\"y", "tags", "value", "n", "名前", "<b>"];

    private JsonObject _definitions = [];

    public JsonNode Root()
    {
        _definitions = [];
        if (random.Next(3) == 0)
            _definitions["node"] = Node();
        var root = random.Next(3) == 0 && _definitions.Count > 0 ? new JsonObject { ["$ref"] = "#/$defs/node" } : Object(4);
        if (_definitions.Count > 0)
            root["$defs"] = _definitions;
        return root;
    }

    private JsonObject Node() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["value"] = Any(1),
            ["children"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/$defs/node" }, ["maxItems"] = random.Next(1, 4) },
        },
        ["required"] = new JsonArray("value", "children"),
        ["additionalProperties"] = false,
    };

    private JsonObject Any(int depth) => random.Next(depth > 0 ? 13 : 8) switch
    {
        0 => Text(),
        1 => Text(),
        2 => Whole(),
        3 => Fraction(),
        4 => new JsonObject { ["type"] = "boolean" },
        5 => new JsonObject { ["enum"] = new JsonArray("red", "re", 1, 1.5, null, true, "\n") },
        6 => new JsonObject { ["type"] = new JsonArray("string", "null", "integer") },
        7 => _definitions.Count > 0 && random.Next(2) == 0 ? new JsonObject { ["$ref"] = "#/$defs/node" } : new JsonObject { ["const"] = new JsonObject { ["a"] = new JsonArray(1, "x") } },
        8 => Array(depth - 1),
        9 => new JsonObject { ["anyOf"] = new JsonArray(Any(depth - 1), Any(depth - 1), Any(depth - 1)) },
        10 => new JsonObject { ["oneOf"] = new JsonArray(Text(), Whole(), new JsonObject { ["type"] = "null" }) },
        11 => [],
        _ => Object(depth - 1),
    };

    private JsonObject Text()
    {
        var text = new JsonObject { ["type"] = "string" };
        switch (random.Next(5))
        {
            case 0:
                text["pattern"] = Patterns[random.Next(Patterns.Length)];
                break;
            case 1:
                text["format"] = Formats[random.Next(Formats.Length)];
                break;
            case 2:
                int min = random.Next(12);
                text["minLength"] = min;
                text["maxLength"] = min + random.Next(30);
                break;
            case 3:
                text["pattern"] = "^[a-cä]*$";
                text["minLength"] = random.Next(4);
                text["maxLength"] = 4 + random.Next(6);
                break;
        }

        return text;
    }

    private JsonObject Whole()
    {
        var number = new JsonObject { ["type"] = "integer" };
        if (random.Next(2) == 0)
            number["minimum"] = random.Next(-2000, 1000);
        if (random.Next(2) == 0)
            number["maximum"] = random.Next(1100, 100_000);
        if (random.Next(4) == 0)
            number["multipleOf"] = random.Next(1, 40);
        return number;
    }

    private JsonObject Fraction()
    {
        var number = new JsonObject { ["type"] = "number" };
        if (random.Next(2) == 0)
            number[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = random.Next(-2000, 1000) / 8m;
        if (random.Next(2) == 0)
            number[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = random.Next(1001, 90_000) / 8m;
        if (random.Next(4) == 0)
            number["multipleOf"] = ((decimal[])[0.5m, 0.01m, 0.25m, 3m])[random.Next(4)];
        return number;
    }

    private JsonObject Array(int depth)
    {
        var array = new JsonObject { ["type"] = "array" };
        if (random.Next(4) == 0)
            array["prefixItems"] = new JsonArray(Any(depth), Any(depth));
        if (random.Next(5) != 0)
            array["items"] = Any(depth);
        int min = random.Next(3);
        if (random.Next(2) == 0)
            array["minItems"] = min;
        array["maxItems"] = min + random.Next(1, 4);
        return array;
    }

    private JsonObject Object(int depth)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (string name in Names.OrderBy(_ => random.Next()).Take(random.Next(4)))
        {
            properties[name] = Any(depth - 1);
            if (random.Next(3) != 0)
                required.Add(name);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        switch (random.Next(4))
        {
            case 0:
                schema["additionalProperties"] = Any(depth - 1);
                break;
            case 1 when properties.Count == 0:
                schema.Remove("properties");
                schema["maxProperties"] = 2;
                schema["additionalProperties"] = Any(depth - 1);
                break;
            default:
                schema["additionalProperties"] = false;
                break;
        }

        return schema;
    }
}
