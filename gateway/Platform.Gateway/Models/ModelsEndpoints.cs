using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Platform.Gateway.Json;
using Platform.Gateway.Keys;
using Platform.Grains;

namespace Platform.Gateway.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal sealed class ModelsEndpoints(ModelCatalogue catalogue)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", (HttpContext context, ModelsEndpoints endpoints) => endpoints.ListAsync(context));
        routes.MapGet("/v1/models/{**id}", (HttpContext context, ModelsEndpoints endpoints, string id) => endpoints.GetAsync(context, id));
    }

    private async Task ListAsync(HttpContext context)
    {
        var models = await catalogue.ListAsync(KeyCheck.Of(context), context.RequestAborted);
        await JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object", "list");
            writer.WriteStartArray("data");
            foreach (var model in models)
                Write(writer, model);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private async Task GetAsync(HttpContext context, string id)
    {
        var model = await catalogue.FindAsync(id, KeyCheck.Of(context), context.RequestAborted);
        await JsonAnswer.WriteAsync(context, writer => Write(writer, model));
    }

    private static void Write(Utf8JsonWriter writer, ServedModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("id", model.Name);
        writer.WriteString("object", "model");
        writer.WriteNumber("created", model.Created);
        writer.WriteString("owned_by", "platform");
        writer.WriteNumber("max_model_len", model.MaxContext);
        writer.WriteString("system_fingerprint", model.NumericsId);
        writer.WriteBoolean("vision", model.Vision);
        writer.WriteString("reasoning_mode", ReasoningModeNames.Of(model.DefaultReasoning));
        writer.WriteEndObject();
    }
}
