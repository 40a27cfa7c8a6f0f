using System.Text.Json;
using Platform.Model.Pictures;
using Platform.Text.Chat;

namespace Platform.Cli.Verify;

/// <summary>A golden chat request on its way to the model: rendered, pictures cut into patches, placeholders expanded, encoded.</summary>
internal sealed record EndToEndPrompt(
    string Name, string Rendered, string Expanded, int[] RenderedIds, int[] Ids, IReadOnlyList<MediaPatches> Pictures)
{
    public static EndToEndPrompt Make(
        string folder, string template, JsonElement request, Text.Tokenizer tokenizer, ImageProcessorConfig processor)
    {
        var chat = new ChatPrompt
        {
            Messages = request.GetProperty("messages"),
            Tools = request.TryGetProperty("tools", out var tools) ? tools : null,
            AddGenerationPrompt = request.GetProperty("add_generation_prompt").GetBoolean(),
        };
        var rendered = ChatRenderer.Render(
            ChatTemplates.Parse(template), ChatNormalization.WithTemplateVariables(chat, request.GetProperty("kwargs")));
        var pictures = request.GetProperty("images").EnumerateArray()
            .Select(file => PictureDecoder.Decode(File.ReadAllBytes(Path.Combine(folder, file.GetString()!)), PictureLimits.Default))
            .Select(picture => PicturePreprocessor.Picture(picture, processor))
            .ToList();
        var grids = pictures.Select(picture => new PictureGrid(picture.Grid.T, picture.Grid.H, picture.Grid.W)).ToList();
        var expanded = MediaExpansion.Expand(rendered.Segments, grids, [], processor.MergeSize);
        return new EndToEndPrompt(
            request.GetProperty("name").GetString()!,
            rendered.Text,
            string.Concat(expanded.Select(segment => segment.Text)),
            tokenizer.Encode(rendered.Segments),
            tokenizer.Encode(expanded),
            pictures);
    }
}
