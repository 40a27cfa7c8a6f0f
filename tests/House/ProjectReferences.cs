using System.Xml.Linq;

namespace House;

/// <summary>The arrows of the house: which room may see which. A new arrow is a design decision and is added here on purpose.</summary>
public sealed class ProjectReferences
{
    private static readonly Dictionary<string, string[]> AllowedArrows = new()
    {
        ["Platform.Kernels"] = [],
        ["Platform.Model"] = [],
        ["Platform.Text"] = [],
        ["Platform.Contracts"] = [],
        ["Platform.Engine"] = ["Platform.Kernels", "Platform.Model"],
        ["Platform.Torch"] = ["Platform.Model"],
        ["Platform.Training"] = ["Platform.Torch", "Platform.Engine", "Platform.Text"],
        ["Tokenizer"] = ["Platform.Contracts", "Platform.Text"],
        ["Vision"] = ["Platform.Contracts", "Platform.Engine"],
        ["Experts"] = ["Platform.Contracts", "Platform.Engine"],
        ["Decoder"] = ["Platform.Contracts", "Platform.Engine", "Platform.Text"],
        ["Platform.Grains.Abstractions"] = [],
        ["Platform.Grains"] = ["Platform.Grains.Abstractions", "Platform.Contracts"],
        ["Platform.Silo"] = ["Platform.Grains", "Platform.Contracts"],
        ["Platform.Gateway"] = ["Platform.Contracts", "Platform.Grains.Abstractions", "Platform.Text"],
        ["Platform.Operator"] = ["Platform.Contracts"],
    };

    private static readonly string[] RoomsThatMaySeeAll = ["Platform.Cli"];

    [Fact]
    public void Point_only_the_way_the_design_draws_them()
    {
        var root = Repository.Root;
        var projects = new[] { "services", "grains", "gateway", "infra" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories))
            .ToList();

        Assert.NotEmpty(projects);
        var wrong = projects.SelectMany(WrongArrows).ToList();
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public void Notice_an_arrow_that_points_back()
    {
        var folder = Directory.CreateTempSubdirectory("arrows");
        try
        {
            var path = Path.Combine(folder.FullName, "Platform.Kernels.csproj");
            File.WriteAllText(path, """<Project><ItemGroup><ProjectReference Include="../Platform.Engine/Platform.Engine.csproj" /></ItemGroup></Project>""");
            Assert.Single(WrongArrows(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Keep_libtorch_out_of_serving()
    {
        var root = Repository.Root;
        var serving = new[] { "services", "grains", "gateway", "infra" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(path => Path.GetFileNameWithoutExtension(path) is not ("Platform.Torch" or "Platform.Training"));
        Assert.All(serving, path => Assert.DoesNotContain("torch", File.ReadAllText(path), StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> WrongArrows(string projectPath)
    {
        var room = Path.GetFileNameWithoutExtension(projectPath);
        if (RoomsThatMaySeeAll.Contains(room))
            yield break;
        if (!AllowedArrows.TryGetValue(room, out var allowed))
        {
            yield return $"{room} is a room this test does not know: add it to {nameof(AllowedArrows)} with the rooms it may see.";
            yield break;
        }

        foreach (var reference in XDocument.Load(projectPath).Descendants("ProjectReference"))
        {
            var seen = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
            if (!allowed.Contains(seen))
                yield return $"{room} -> {seen} is no arrow of the house; {room} may see: {string.Join(", ", allowed)}.";
        }
    }
}
