namespace Platform.Engine;

/// <summary>A stretch of tokens in the radix tree. It keeps every page that holds one of its positions; where it begins inside a page, it keeps that
/// page as its own sequence had it, beginning included, so a path's pages are those of its deepest nodes.</summary>
internal sealed class PrefixNode
{
    /// <summary>A tree's root: no tokens.</summary>
    public PrefixNode(string salt)
    {
        Keys = [];
        Pages = [];
        Salt = salt;
    }

    public PrefixNode(PrefixNode parent, int start, long[] keys, int[] pages)
    {
        Parent = parent;
        Start = start;
        Keys = keys;
        Pages = pages;
    }

    /// <summary>Null for the root.</summary>
    public PrefixNode? Parent { get; set; }

    /// <summary>Position of its first token.</summary>
    public int Start { get; set; }

    public long[] Keys { get; set; }

    /// <summary>Pages <see cref="FirstPage"/> and on.</summary>
    public int[] Pages { get; set; }

    /// <summary>For the root: whose tree it is.</summary>
    public string Salt { get; } = "";

    public Dictionary<long, PrefixNode> Children { get; } = [];

    public StateCheckpoint? Checkpoint { get; set; }

    /// <summary>Position after its last token.</summary>
    public int End => Start + Keys.Length;

    /// <summary>Index in a sequence's page list of its first page.</summary>
    public int FirstPage => Start / PageAllocator.PageLength;

    public bool IsRoot => Parent is null;

    /// <summary>The single child, or null when there is none or more than one.</summary>
    public PrefixNode? OnlyChild
    {
        get
        {
            if (Children.Count != 1)
                return null;
            foreach (var child in Children.Values)
                return child;
            return null;
        }
    }
}
