using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Functions that the script defines. They are called with the program's context and the address of a block on the caller's stack: a word for each argument, the number or the
// address of a copy; where the result is no number, a word before them is the address of its place.
internal sealed partial class ProbeGenerator
{
    private const int WordSize = 8;

    // Those of the program, which calls each as often as it likes: for places that the verifier goes through a few times, and for those in long loops.
    private readonly Dictionary<(FunctionDefinition Definition, bool IsRepeated), IrFunction> _ownFunctions = [];

    private readonly FunctionDefinition? _definition;
    private IrValue? _result;
    private IrPlace _resultPlace;

    private ProbeGenerator(ProbeGenerator caller, FunctionDefinition definition, IrFunction function)
        : this(caller._memory, caller._context, function)
    {
        _ownFunctions = caller._ownFunctions;
        _rounds = caller._rounds > MostReserved ? long.MaxValue : 1;
        _definition = definition;
    }

    private IrValue Result => _result ??= _outer is null ? _function.NewValue() : Capture(_outer.Result);

    private IrPlace ResultPlace => _outer is null ? _resultPlace : Outside(_outer.ResultPlace);

    /// <summary>Calls a function of the script.</summary>
    /// <param name="call">The call.</param>
    /// <param name="result">Where the result is written, in the function's own type, where it is no number.</param>
    /// <returns>The number.</returns>
    private IrValue CallOwn(CallExpression call, IrPlace result = default)
    {
        FunctionDefinition definition = call.Definition!;
        var words = new List<IrValue>();
        if (definition.Result is { IsScalar: false } and not VoidType)
            words.Add(_function.Address(result));
        (int, int) mark = Mark();
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            ScriptType type = definition.Parameters[i].Variable.Variable!.Type!;
            if (type.IsScalar)
            {
                words.Add(Convert(Kept(call.Arguments[i]), call.Arguments[i].Type!, type));
                continue;
            }
            IrPlace copy = Reserve(type.Size);
            Into(call.Arguments[i], copy, type);
            words.Add(_function.Address(copy));
        }
        IrPlace block = _function.Frame.Allocate(WordSize * words.Count);
        for (int i = 0; i < words.Count; i++)
            _function.Store(BpfSize.Bits64, block.At(WordSize * i), words[i]);
        IrValue value = _function.Call(FunctionOf(definition), Context, block);
        Release(mark);
        return value;
    }

    private void CallOwnInto(CallExpression call, IrPlace target, ScriptType type)
    {
        ScriptType result = call.Definition!.Result!;
        if (result.Equals(type))
        {
            CallOwn(call, target);
            return;
        }
        IrPlace place = Reserve(result.Size);
        CallOwn(call, place);
        Widen(place, result, target, type);
    }

    private IrFunction FunctionOf(FunctionDefinition definition)
    {
        (FunctionDefinition, bool) key = (definition, _rounds > MostReserved);
        if (!_ownFunctions.TryGetValue(key, out IrFunction? function))
        {
            _ownFunctions.Add(key, function = new IrFunction(2, definition.Name, definition.Span));
            new ProbeGenerator(this, definition, function).Function(definition);
        }
        return function;
    }

    private void Function(FunctionDefinition definition)
    {
        var word = new IrPlace(_function.Parameter(1), 0);
        if (definition.Result is { IsScalar: false } and not VoidType)
        {
            _resultPlace = new IrPlace(_function.Load(BpfSize.Bits64, word), 0);
            Zero(_resultPlace, definition.Result.Size);
            word = word.At(WordSize);
        }
        foreach (FunctionParameter parameter in definition.Parameters)
        {
            IrValue value = _function.Load(BpfSize.Bits64, word);
            LocalVariable variable = parameter.Variable.Variable!;
            _variables.Add(variable, variable.Type!.IsScalar ? new Storage(value, default) : new Storage(null, new IrPlace(value, 0)));
            word = word.At(WordSize);
        }
        Block(definition.Body);
        _function.Mark(_end);
        ReturnResult();
        AddPrologue();
        ClearResult();
    }

    private void ReturnResult()
    {
        if (_result is { } result)
            _function.Return(result);
        else
            _function.Return(Passed);
    }

    private void ClearResult()
    {
        if (_result is { } result)
            _function.AtBegin(() => _function.Constant(result, 0));
    }

    private void Return(Expression? value)
    {
        // What a test or benchmark returns the kernel gives to who runs it; what programs at events return is nothing to it.
        ScriptType? result = _definition is not null ? _definition.Result : _context.Provider is ProbeProvider.Test or ProbeProvider.Bench ? IntegerType.Int64 : null;
        if (value is not null && result is { } type)
        {
            if (type.IsScalar)
                _function.Copy(Result, Convert(Scalar(value), value.Type!, type));
            else if (type is not VoidType)
                Into(value, ResultPlace, type);
        }
        _function.Jump(_end);
    }
}
