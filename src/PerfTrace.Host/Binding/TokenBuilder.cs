namespace PerfTrace.Host.Binding;

/// <summary>Tells parameters from values, and joins what commas join: <c>a, b</c> and <c>a ,b</c> are lists too.</summary>
internal sealed class TokenBuilder
{
    private readonly List<CommandToken> _tokens = [];
    private QuotedText? _argument;

    // A parameter whose value, after a colon, is being read.
    private ParameterToken? _colonParameter;

    public void Add(QuotedText text)
    {
        if (IsParameter(text.Shape))
        {
            Flush();
            AddParameter(text);
            return;
        }

        bool continues = _argument is { } open && (open.Shape.EndsWith(',') || text.Shape.StartsWith(','));
        if (!continues)
            FlushArgument();
        _argument = _argument is { } begun ? begun + text : text;
    }

    public void AddCommandLine(IReadOnlyList<string> arguments)
    {
        Flush();
        _tokens.Add(new CommandLineToken("--", arguments));
    }

    public IReadOnlyList<CommandToken> Build()
    {
        Flush();
        return _tokens;
    }

    /// <summary>As in PowerShell: a dash and a letter, so that <c>-5</c> is a value. <c>--help</c> is let through for the host's own use.</summary>
    private static bool IsParameter(string shape) =>
        shape == "--help" || (shape.Length > 1 && shape[0] == '-' && (char.IsLetter(shape[1]) || shape[1] is '_' or '?'));

    private void AddParameter(QuotedText text)
    {
        int colon = text.Shape.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            _tokens.Add(new ParameterToken(text.Plain, text.Plain[1..], Attached: null));
            return;
        }

        _colonParameter = new ParameterToken(text.Plain, text.Plain[1..colon], Attached: null);
        if (colon + 1 < text.Length)
            _argument = text[(colon + 1)..];
    }

    private void Flush()
    {
        FlushArgument();
        if (_colonParameter is not null)
            throw new UsageException($"Missing an argument for parameter '{_colonParameter.Name}' after the colon.");
    }

    private void FlushArgument()
    {
        if (_argument is not { } argument)
            return;
        _argument = null;
        List<QuotedText> parts = ListSplitter.Split(argument);
        if (parts.Exists(part => part.Length == 0))
            throw new UsageException($"Missing argument in parameter list: \"{argument.Plain}\" has nothing on one side of a comma.");
        var token = new ArgumentToken(argument.Plain, parts.ConvertAll(part => part.ToWord()), IsList: parts.Count > 1);
        _tokens.Add(_colonParameter is null ? token : _colonParameter with { Attached = token });
        _colonParameter = null;
    }
}
